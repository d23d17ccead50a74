"""Drafts of the law: read, compared with the rules in force, tried on the people of a bureau before anybody is bound.

Nothing here changes what is in force.
"""
