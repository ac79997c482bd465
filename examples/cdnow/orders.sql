SELECT *, CAST(_line AS VARCHAR) AS order_id FROM orders
