"""How a KPI changed: beside what it is compared with, told from noise, and said in words."""
