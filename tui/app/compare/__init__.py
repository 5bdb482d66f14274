"""One prompt to several models, side by side."""
