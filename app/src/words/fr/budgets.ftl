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
additions-title = Ajouté en cours de période
additions-of-it = Ajouté depuis
additions-none = Rien n’a été ajouté.
additions-more = Complément
additions-by = Proposé
additions-why = Pourquoi
additions-basis = Base légale ou numéro du document
additions-basis-hint = Par exemple loi de finances 2026, rectificatif 3.
additions-standing = Statut
additions-state-proposed = Attend une seconde personne
additions-state-added = Ajouté
additions-state-returned = Renvoyé
additions-waits = En attente d’être ajouté
additions-second-person = Vous avez proposé ce complément : un autre agent des règles doit l’ajouter ou le renvoyer.
additions-note = Raison du renvoi
additions-note-hint = Nécessaire seulement pour renvoyer.
additions-approve = Ajouter
additions-send-back = Renvoyer
additions-propose = Proposer un complément
additions-lead = Un second agent des règles l’ajoute. Le complément est alors proposé aux personnes en attente, dans l’ordre de la liste, pendant 30 jours.
additions-places = Places à ajouter
additions-money = Montant à ajouter
additions-propose-button = Proposer
additions-proposed = Proposé. Un autre agent des règles doit l’ajouter ou le renvoyer.
additions-returned = Renvoyé avec votre raison
additions-places-wrong = Écrivez le nombre de places ajoutées : 1 ou plus, en chiffres
additions-places-unlimited = Ce budget ne limite pas les places
additions-money-wrong = Écrivez le montant ajouté : plus de 0, en chiffres
additions-money-unlimited = Ce budget ne limite pas le montant
additions-nothing = Écrivez les places ou le montant ajoutés
additions-reason-missing = Dites pourquoi
additions-basis-missing = Écrivez la loi, l’arrêté ou le numéro du document correspondant
additions-own = Vous avez proposé ce complément : un autre agent des règles doit décider
additions-moved = Ce complément n’attend plus, ou le budget est terminé. Voici l’état actuel.
additions-added = { $count ->
    [0] Ajouté. Il n’est encore proposé à personne.
    [one] Ajouté, et proposé à un ménage de la liste
   *[other] Ajouté, et proposé à { $count } ménages de la liste
}
