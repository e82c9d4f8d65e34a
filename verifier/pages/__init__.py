"""Are the pages in a file those that were issued (docs/formats/verdict.md, "Pages of a PDF")?"""
