"""Shows: pages, forms, JSON, streams. No rules of the domain are decided here.

``app`` (one application from its parts) · ``cli`` (the ``hypercare`` command) · ``access`` (who may
do what on which route) · ``guarding`` (headers and limits on every response) · ``shown`` (nouns as
the API shows them) · ``api`` · ``widget`` · ``public`` · ``desk`` · ``library`` · ``launch`` ·
``reports`` (one module per room) · ``live`` (streams) · ``rendering`` (templates into pages).
"""
