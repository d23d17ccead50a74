"""Peers that speak the real protocols on loopback: payment, texts, mail. For the demo and the tests.

Nothing here imports the house: each protocol stands here a second time, written from its public
description, so that the two sides check each other. No money, no text and no mail leaves the
machine.
"""

from sandbox.server import Sandbox

__all__ = ["Sandbox"]
