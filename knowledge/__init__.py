"""FINDS. Questions in, ranked entries out; knows no tickets, no SQL and no web.

    entries      Entry (what is indexed), Neighbour, Match and Finding (what is found)
    embedding    Embedder: texts to unit vectors, local or at any OpenAI-compatible endpoint
    minilm       the official weights, checked by hash, turned once into one cached ONNX graph
    index        ChromaIndex: put, remove, search, rebuild, prove; one owner, opened by probe
    exact        ExactIndex: the exact scan over the same vectors that stands in for it
    lexical      the keyword leg, and all there is while no embedder is at hand
    normalise    from what a customer typed to what is compared: noise off, questions split
    ranking      candidates to scored matches
    certainty    from scores to the probability that the best match is right
    shelf        Shelf: the live entries of one launch, compiled for scoring
    grouping     which questions are the same question

Start reading at `shelf.Shelf.find`: it is what the rest of the house asks.
"""
