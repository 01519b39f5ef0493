"""Measured, not asserted: how good the answer engine is on public questions.

    public_data      BANKING77 and CLINC150 as knowledge bases and customers
    train_certainty  writes knowledge/certainty.json
    engine           prints the figures beside their goals and simple baselines

Nothing here is collected by pytest. The data is not part of the project; `public_data` says
where it comes from.
"""
