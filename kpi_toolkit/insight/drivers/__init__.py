"""What moved a KPI: what each member of a dimension adds to its change, exactly."""
