"""What tests share: a running copy of the product, a shop in this process, fakes, example forms."""
