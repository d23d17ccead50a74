"""Who holds posts finds every door that they open, from every other one."""


def test_an_officer_reaches_her_own_hours_and_comes_back(cashier, plan, signed_in):
    client = signed_in(cashier)
    office = client.get("/office/counter/").content.decode()
    assert 'href="/learn/"' in office
    own = client.get("/learn/").content.decode()
    assert 'href="/office/counter/"' in own


def test_a_learner_sees_no_other_door(wang, plan, signed_in):
    page = signed_in(wang).get("/learn/").content.decode()
    assert all(door not in page for door in ('href="/office/', 'href="/unit/', 'href="/operate/'))
