"""Measured, not asserted: how good the answer engine is on public questions, how fast it serves.

    engine           prints the figures beside their goals and simple baselines
    learning         prints what agents' verdicts teach, before and after
    train_certainty  writes knowledge/certainty.json
    decision         where the milliseconds of a decision go, stage by stage
    languages        how many English questions are taken for another language
    serving          cold start, memory and latency over HTTP
    library_pages    how long the library takes to list and search with many entries
    publishing       how soon an approval is live, in small libraries and large ones
    shelves          what a shelf costs that is compiled afresh, or takes over from one before
    one_hour         what an hour of a lead with the suggestions is worth, on the demo
    replay           how long a draft against thousands of past questions takes
    desk_load        how live the desk is with many agents and customers at once
    desk_pages       how long the desk's pages take with many tickets
    cockpit          how long the cockpit and the reports take at a million messages
    long_launch      that launch, put in by SQL
    selector         what remembering the model's verdicts saves on a repeat-heavy stream

    plain_http       requests and streams that take little of the processors they measure
    public_data      BANKING77 and CLINC150 as knowledge bases and customers
    observed         what a shelf said about each customer's question
    typos            questions as they are typed in a hurry
    figures          every figure, per seed; measures: how each is computed; grouped: of groups
    fitting          a logistic model whose weights have the sign that makes sense

Nothing here is collected by pytest. The data is not part of the project; `public_data` says
where it comes from.
"""
