"""The picture of a link preview (PNG) and the card to print (SVG, PDF), set by typst from one template."""
