"""The project of the folder of work.

A feature: ``features`` alone knows it.

What is done::

    projecting              offers it once, and shows it again
"""
