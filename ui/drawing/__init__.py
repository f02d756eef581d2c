"""What we draw ourselves: the picture of a link preview (PNG) and the card to print (SVG, PDF), from one set of shapes."""
