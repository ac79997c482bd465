"""Record models: values that are estimated for each record, from what was known at a moment."""
