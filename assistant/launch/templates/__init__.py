"""Launch packs to begin with, one YAML file for each kind of change.

``from_template`` reads them. Besides what a pack holds, a template says how long such a period
usually takes, counts deadlines from the start (“day 2”, “72 h”), compares with what was normal
before (“baseline × 1.1”) and names roles where a pack names people.
"""
