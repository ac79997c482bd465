"""A company's CRM as canonical tables: reading, casting, snapshots, and the engine that KPIs are
computed on.
"""
