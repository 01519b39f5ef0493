from tests.cast import *
def test_x(mara):
    for q in (PRICE, EXPORT, UNKNOWN, OUTSIDE, BLOCKED, "bill is higher than it was", "I was charged twice this month", "price", "???", "hi", "my price went up and how do I export my data?", "Why is my price different from last month? How do I export my data?", "where is my sign-in link"):
        c = a_customer(mara.parts)
        r = c.asks(q)
        print(q, "=>", r["outcome"], r.get("text"), (r.get("answer") or {}).get("entry"), [a["entry"] for a in r.get("more_answers",[])], r.get("clarification"), r.get("ticket"))
