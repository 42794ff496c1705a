"""Views that need nothing, mounted beside the product: what no answer can cost less than."""
