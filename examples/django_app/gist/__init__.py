"""Gist summarizes texts. An example of an app that Tallybook bills for."""
