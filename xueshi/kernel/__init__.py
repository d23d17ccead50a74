"""What every floor stands on, and nothing that could live higher.

Time (`clock`), refusals (`errors`), who did what (`audit`), work for later (`jobs`), group commit (`batching`),
the embedded PostgreSQL (`database`), sealed bytes (`signing`), secrets at rest (`vault`), words to a person
(`messages`), kept bytes (`files`) and printed sheets (`printing`).
"""
