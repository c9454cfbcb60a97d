"""What is made of finished runs: tables with significance letters, plots, one page."""
