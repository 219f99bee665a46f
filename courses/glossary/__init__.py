"""The glossary: what the words of case work mean, on a page of its own and marked wherever a lecture says them."""
