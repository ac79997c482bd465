-- needs: deal_stages.stage deal_stages.entered_at
-- The history has a row for each change of a deal; a stay begins where the stage is another one.
SELECT deal_id, stage, entered_at, _line
FROM (
    SELECT *, lag(stage) OVER (PARTITION BY deal_id ORDER BY entered_at, _line) AS before
    FROM deal_stages
)
WHERE before IS DISTINCT FROM stage
