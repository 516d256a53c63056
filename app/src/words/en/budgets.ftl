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
