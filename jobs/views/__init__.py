"""What pages and the API read of a form and of a gift."""
