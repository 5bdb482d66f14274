"""What was spent.

A feature: ``features`` alone knows it.

::

    spending                says it, of this conversation, today and this month
"""
