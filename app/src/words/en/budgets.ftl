# Budgets and the lists behind them.
budgets-title = Budgets and lists
budgets-lead = What each programme has to give in an area and a period, what is promised of it for the whole of every award, and who waits.
budgets-none = No budget is set for your area.
budgets-programme = Programme
budgets-area = Area
budgets-period = Period
budgets-total = In all
budgets-committed = Promised
budgets-free = Free
budgets-waiting = Waiting
budgets-offered = Offered
budgets-country = The whole country
budgets-short = Short of
budgets-period-of = { $from } to { $until }
budgets-places = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
budgets-more-than = More than { $count }
budgets-list-title = { $programme }: who waits
budgets-not-yours = Kept by another office
budgets-offered-to = A place is offered to
budgets-who-waits = On the list
budgets-nobody-waits = Nobody waits.
budgets-place = Place
budgets-since = Since
budgets-why = Why
budgets-kept-until = Place kept until
budgets-waits-money = No money is left
budgets-waits-places = No place is left
budgets-waits-turn = Others go first
budgets-waits-budget = No budget is set
additions-title = Added in the course of the period
additions-of-it = Added since
additions-none = Nothing was added.
additions-more = More
additions-by = Proposed
additions-why = Why
additions-basis = Legal basis or number of the document
additions-basis-hint = Such as Finance Act 2026, amendment 3.
additions-standing = Status
additions-state-proposed = Waits for a second person
additions-state-added = Added
additions-state-returned = Sent back
additions-waits = Waits to be added
additions-second-person = You proposed this, so another policy officer must add it or send it back.
additions-note = Why it is sent back
additions-note-hint = Needed only to send it back.
additions-approve = Add it
additions-send-back = Send back
additions-propose = Propose to add more
additions-lead = A second policy officer adds it. What comes is then offered to who waits, in the order of the list, for 30 days.
additions-places = Places to add
additions-money = Money to add
additions-propose-button = Propose
additions-proposed = Proposed. Another policy officer must add it or send it back.
additions-returned = Sent back with your reason
additions-places-wrong = Write how many places are added: 1 or more, in figures
additions-places-unlimited = This budget does not limit places
additions-money-wrong = Write the amount that is added: more than 0, in figures
additions-money-unlimited = This budget does not limit money
additions-nothing = Write the places or the money that are added
additions-reason-missing = Say why
additions-basis-missing = Write the law, the order or the number of the document it rests on
additions-own = You proposed this: another policy officer must decide
additions-moved = This does not wait any more, or the budget is over. It is shown as it stands now.
additions-added = { $count ->
    [0] Added. It is offered to nobody yet.
    [one] Added, and offered to one household of the list
   *[other] Added, and offered to { $count } households of the list
}
