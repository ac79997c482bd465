-- Every won deal is one order, dated by its close.
SELECT _line, deal_id AS order_id, account_id, deal_id, product, amount, closed_at AS ordered_at
FROM deals
WHERE status = 'won'
