"""Who answers: the contract, one wire format a file, and the lists that are data."""
