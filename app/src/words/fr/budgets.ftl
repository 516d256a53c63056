# Les budgets et leurs listes.
budgets-title = Budgets et listes
budgets-lead = Ce que chaque programme peut donner dans une zone et une période, ce qui en est promis pour toute la durée de chaque attribution, et qui attend.
budgets-none = Aucun budget n’est fixé pour votre zone.
budgets-programme = Programme
budgets-area = Zone
budgets-period = Période
budgets-total = En tout
budgets-committed = Promis
budgets-free = Libre
budgets-waiting = En attente
budgets-offered = Offert
budgets-country = Tout le pays
budgets-short = Il manque
budgets-period-of = du { $from } au { $until }
budgets-places = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
budgets-more-than = Plus de { $count }
budgets-list-title = { $programme } : qui attend
budgets-not-yours = Tenu par un autre bureau
budgets-offered-to = Une place est offerte à
budgets-who-waits = Sur la liste
budgets-nobody-waits = Personne n’attend.
budgets-place = Place
budgets-since = Depuis
budgets-why = Pourquoi
budgets-kept-until = Place gardée jusqu’au
budgets-waits-money = Il ne reste pas d’argent
budgets-waits-places = Il ne reste pas de place
budgets-waits-turn = D’autres passent avant
budgets-waits-budget = Aucun budget n’est fixé
