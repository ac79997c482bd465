"""The four reports of sales and pipeline as one plain script: an analyst's by hand."""
