"""One reader per data set; each returns a Dataset of Samples and says what is wrong with the copy it read."""
