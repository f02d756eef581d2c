"""How plain pages are asked for."""

READ = ["GET", "HEAD"]  # the framework answers HEAD only where it is named
