"""FINDS. Questions in, ranked entries out; knows no tickets, no SQL and no web.

    entries      Entry (what is indexed), Neighbour, Match and Finding (what is found)

What a text means, as a vector:
    embedding    Embedder: texts to unit vectors, local or at any OpenAI-compatible endpoint
    minilm       the official weights, checked by hash, turned once into one cached ONNX graph
    minilm_graph that graph, drawn operation by operation

Where vectors are found again:
    index        ChromaIndex: put, remove, search, rebuild, prove
    chroma       the one place that talks to Chroma
    lonely       ways to which no path of the index's graph leads, looked at beside it
    scouting     a process that opens the store first, because broken files kill who opens them
    custody      one owner for its folder, and the seal that says it is as it was left
    exact        ExactIndex: the exact scan over the same vectors that stands in for it
    proof        what an index must hold, and whether it does

What a question says:
    normalise    from what a customer typed to what is compared
    splitting    several questions in one message, told apart
    entities     identifiers: error codes, versions, order numbers
    spelling     typing errors, repaired towards the words of the shelf

Which entry answers it, and how sure that is:
    shelf        Shelf: the live entries of one launch, compiled; the place to start reading
    bayes        what each word speaks for, by how the entries' ways use it
    catalogue    all their ways side by side, ready to be scored
    meaning      the scores that come from vectors
    head         the scores that come from a linear classifier over the phrasings
    lexical      the scores that come from words, and all there are without an embedder
    holdings     which entries hold which words, and how that changes when entries come and go
    ranking      several scores, and the one order they agree on
    evidence     what the certainty model looks at
    certainty    from scores to the probability that the best match is right
    guarantee    from people's labels to a threshold, a certificate and two curves
    calibration  what that probability is worth in one launch, by its own judged questions
    traces       meaning and spelling of a question in one vector, for grouping
    grouping     which questions are the same question
"""
