"""The roof: pages. Asks queries, calls actions, decides nothing; one door per kind of visitor."""
