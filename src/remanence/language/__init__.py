"""Reads plain text, once: words, sentences, dates, names, speakers, statements and questions."""
