# Listes de tâches : filtres, vues enregistrées, tâches en attente jusqu’à un jour, et plusieurs confiées à la fois.
tasks-view-hold = En attente
tasks-none-hold = Aucune de vos tâches n’est en attente.
tasks-tab = { $name } ({ $number })
tasks-more-than = plus de { $number }
tasks-found = Tâches trouvées : { $number }
tasks-filters = Filtrer et ordonner
tasks-order = Ordre
tasks-order-pressing = Urgentes d’abord
tasks-order-due = Échéance d’abord
tasks-order-oldest = Plus anciennes d’abord
tasks-order-newest = Plus récentes d’abord
tasks-by-due-instead = Une liste filtrée par échéance ou par priorité est ordonnée par échéance, non par ancienneté.
tasks-standing-active = Toutes sauf en attente
tasks-standing-nobody = Encore personne
tasks-standing-on_hold = En attente
task-priority = Priorité
task-priority-normal = Ordinaire
task-woken = Sortie d’attente
task-until = À revoir le
task-until-hint = La tâche revient dans votre liste ce jour-là
task-until-wrong = Saisissez un jour à partir de demain, dans { $most } jours au plus
task-hold-missing = Choisissez ce qu’elle attend
task-hold-words = Dans vos mots
task-hold-person = La personne a besoin de temps
task-hold-paper = Une pièce ou une réponse doit arriver
task-hold-elsewhere = Un autre bureau, organisme ou prestataire
task-hold-day = Un jour où quelque chose a lieu
task-hold-other = Autre chose
task-parent = Attend cette tâche
task-children = Ce que cette tâche attend
clock-kind-wake_task = Une tâche en attente est revue
views-title = Vues enregistrées
views-lead = Une vue enregistrée est une liste avec ses filtres et son ordre. Elle ne contient aucun dossier.
views-keep = Enregistrer cette liste comme vue, ou modifier vos vues
view-of-office = Partagée
view-default = S’ouvre d’abord
view-name = Nom de la vue
view-name-hint = Par exemple : visites en retard de mon bureau
view-name-wrong = Saisissez un nom de { $most } lettres au plus
view-name-taken = Vous avez déjà une vue de ce nom
view-too-many = Vous avez autant de vues qu’il est possible. Supprimez-en une d’abord.
view-choose = Choisissez que faire de la vue
view-save = Enregistrer la liste comme vue
view-change = Modifier
view-rename = Renommer
view-delete = Supprimer
view-share = Partager
view-with = Partager avec
view-with-nobody = Personne
view-act-open_with = Ouvrir les tâches avec cette vue
view-act-open_plain = Ouvrir les tâches sans vue
view-done-save = La vue est enregistrée.
view-done-rename = La vue a son nouveau nom.
view-done-delete = La vue est supprimée.
view-done-open_with = Vos tâches s’ouvrent maintenant avec cette vue.
view-done-open_plain = Vos tâches s’ouvrent maintenant sans vue.
view-done-share = La vue est partagée comme vous l’avez dit.
give-choose = Confier
give-this = Choisir « { $task } »
give-begin = Confier les tâches choisies à quelqu’un
give-title = Confier des tâches
give-these = Tâches à confier
give-none = Aucune tâche n’a été choisie. Revenez et cochez celles que vous voulez confier.
give-nobody = Personne dans vos bureaux ne peut avoir ces tâches.
give-to-hint = Plusieurs personnes se partagent les tâches : qui en a le moins reçoit la suivante
give-load = { $number ->
    [one] Une tâche en ce moment
   *[other] { $number } tâches en ce moment
}
give-look = Voir qui reçoit quoi
give-count = { $number ->
    [one] une tâche
   *[other] { $number } tâches
}
give-do = { $number ->
    [one] Confier cette tâche
   *[other] Confier ces { $number } tâches
}
give-others = Choisir d’autres personnes
give-done = { $number ->
    [one] Une tâche est confiée.
   *[other] { $number } tâches sont confiées.
}
give-partly = { $number ->
    [0] Aucune tâche n’a été confiée. Voyez pourquoi ci-dessous.
    [one] Une tâche a été confiée, les autres non. Voyez pourquoi ci-dessous.
   *[other] { $number } tâches ont été confiées, les autres non. Voyez pourquoi ci-dessous.
}
give-left = Non confiées
give-back = Retour à la liste
give-why-ended = Elle est terminée ou abandonnée
give-why-moved = Elle a changé entre-temps
give-why-not_yours = Elle est là où vous ne répartissez pas le travail
give-why-unable = Aucune des personnes choisies ne peut la faire
give-why-took_part = Les personnes choisies ont pris part à ce dont il s’agit
give-why-same = Elles l’ont déjà
proposal-since = Attend
proposal-days = { $days ->
    [0] depuis aujourd’hui
    [one] un jour
   *[other] { $days } jours
}
proposal-code = Si vous la renvoyez : pourquoi ?
proposal-code-none = Je ne la renvoie pas
proposal-code-missing = Choisissez pourquoi vous la renvoyez
proposal-returned-for = Renvoyée pour
proposal-nothing-before = Rien n’a été décidé auparavant
proposal-kind-second_signature = Signer une décision des règles
proposal-answer-sign = Signer : la décision est émise aussitôt et une nouvelle lettre est écrite
proposal-done-signed = La décision est signée et émise. Le ménage a une nouvelle lettre.
proposal-done-explained = La décision est de nouveau chez le responsable.
signature-why-amount = Elle donne plus que la limite au-delà de laquelle une seconde personne signe.
signature-why-sample = Elle a été tirée au sort, comme certaines décisions de chaque bureau. Nul ne peut savoir d’avance lesquelles.
signature-return-answers = Une réponse est fausse ou n’a pas été demandée
signature-return-papers = Une pièce manque ou dit autre chose
signature-return-household = Pas cette personne, ou pas tout le ménage
signature-return-reason = Le motif ne porte pas le changement
signature-return-other = Autre chose
signature-explain = Ce que vous en dites
signature-explain-hint = Si une réponse est fausse, évaluez plutôt le ménage de nouveau
signature-send = La renvoyer au responsable
signature-anew = Ouvrir le dossier pour évaluer de nouveau le ménage
