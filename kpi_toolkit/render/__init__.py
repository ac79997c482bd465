"""An executed notebook as pages: read once, then HTML and PDF from the same document."""
