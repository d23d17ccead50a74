"""Score slips, certificates and registration cards: issued, sealed, checked, revoked.

Promises: what is issued is frozen and signed; anyone can check it by QR or by number and name; revoking adds, never
edits. Locks: the person's row, then the document's.
"""
