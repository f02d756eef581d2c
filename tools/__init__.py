"""Commands for developers: message catalogues, the browser and servers that tests need."""
