# The plan for work on paper, as the person signs it.

paper-plan-title = Mon plan de travail
paper-plan-goal = Ce que je veux atteindre
paper-plan-mine = Ce que je fais
paper-plan-theirs = Ce que font le bureau et les autres
paper-plan-tell = Je dis au bureau quand quelque chose m’empêche.
paper-plan-fair = Le bureau demande ma raison avant de dire que j’ai manqué quelque chose.
paper-plan-next = Quand nous le revoyons
paper-plan-review = Nous revoyons ce plan ensemble le { $date }.
paper-plan-review-in = Nous revoyons ce plan ensemble { $days } jours après son début.
paper-plan-days = du { $from } au { $until }
paper-plan-object = Si je ne suis pas d’accord
paper-plan-object-how = Personne n’est obligé de signer. Je peux demander un autre plan, me plaindre ou faire appel au bureau, par téléphone ou sur ma page. C’est gratuit, et on m’aide.
paper-plan-benefits = Ce plan ne met fin à aucune prestation. Si le travail change nos revenus, le bureau demande et décide, et je reçois une lettre.
paper-plan-sign-person = Signature :
paper-plan-sign-office = Pour le bureau :
paper-plan-sign-date = Date :
