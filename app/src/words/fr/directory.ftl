# Looking for a service
services-title = Trouver un service
services-lead = Les services près de chez vous, ce qu’ils coûtent et ce qu’il faut apporter. Pas besoin de se connecter ; personne ne sait ce que vous cherchez.
services-need = De quoi avez-vous besoin ?
services-need-hint = Avec vos mots, par exemple : travail, médecin, avocat, école
services-area = Où habitez-vous ?
services-anywhere = Partout
services-kind = Type de service
services-any = Tous
services-km = Distance maximale
services-far = Peu importe
services-language = Langue parlée sur place
services-access = Accessible
services-only = Ouverture
services-open-now = Ouvert maintenant
services-only-room = Places
services-with-places = Avec une place libre
services-more = Plus de choix
services-search = Chercher
services-found = { $count ->
    [0] Rien trouvé
    [one] { $count } lieu
   *[other] { $count } lieux
}
services-none = Aucun lieu ne répond à tout. Choisissez moins, ou demandez dans un bureau.
services-all = Montrer tous les services
services-straight = Les distances sont à vol d’oiseau ; le chemin est plus long.
services-refer = Orienter ici
service-kind-skills_assessment = Bilan de compétences
service-kind-training = Formation
service-kind-public_works = Travaux publics
service-kind-job_placement = Trouver un emploi
service-kind-business_start_up = Créer une entreprise
service-kind-health = Santé
service-kind-education = École et éducation
service-kind-housing = Logement
service-kind-legal = Papiers et droits
service-kind-protection = Protection et famille
service-kind-care = Soins à domicile
service-kind-nutrition = Nourriture
service-kind-other = Autre

# A place
place-km = environ { $km } km
place-here = près de chez vous
place-open-now = Ouvert maintenant
place-shut-now = Fermé maintenant
place-closed-until = Fermé jusqu’au { $date }
place-full = Aucune place libre
place-free = { $count ->
    [one] { $count } place libre
   *[other] { $count } places libres
}
place-where = Où
place-far = Distance
place-open = Horaires
place-phone = Téléphone
place-provider = Lieu
place-who = Pour qui
place-cost = Coût
place-bring = À apporter
place-languages = Langues
place-accessible = Accessibilité
place-access-none = Rien n’est indiqué sur l’accès sans marches ni sur d’autres aides. Appelez avant de venir.
place-access-wheelchair = Entrée sans marches, pour fauteuils roulants
place-access-sign_language = Langue des signes
place-access-read_aloud = On lit et écrit pour vous
place-access-home_visit = Vient chez vous
place-access-women_staff = Les femmes sont reçues par des femmes
place-places = Places
place-capacity = { $count } à la fois, { $free } libres
place-capacity-month = { $count } par mois, { $free } restantes ce mois
place-capacity-year = { $count } par an, { $free } restantes cette année
place-verified = Vérifié le { $date } par { $by }.
place-never-verified = Personne n’a encore vérifié cette fiche. Appelez avant de venir.
place-stale = C’est ancien : appelez avant de venir.
place-keeper-pack = ceux qui tiennent le répertoire
place-keeper-provider = le lieu lui-même
place-keeper-office = un bureau
place-wrong = Une erreur ? Dites-le-nous
place-keep = Modifier ou confirmer cette fiche
place-kept = La fiche est enregistrée.
place-day-mon = lundi
place-day-tue = mardi
place-day-wed = mercredi
place-day-thu = jeudi
place-day-fri = vendredi
place-day-sat = samedi
place-day-sun = dimanche
place-days = du { $from } au { $until }
place-hours-line = { $days } : { $hours }

# The applicant's page
status-services = Où l’on vous envoie
status-services-all = Tous les services près de chez vous
status-service-draft = Nous vous demandons d’abord si le lieu peut connaître votre nom. Venez au guichet.
status-service-requested = Le lieu a été sollicité. Vous aurez de ses nouvelles ou des nôtres.
status-service-accepted = Ils vous attendent et vous contacteront.
status-service-rejected = Le lieu ne peut pas vous recevoir. Nous en cherchons un autre.
status-service-in_progress = Cela a commencé.
status-service-on_hold = C’est interrompu pour l’instant.
status-service-completed = Ils disent que c’est fait. L’avez-vous reçu ?
status-service-failed = Cela n’a pas eu lieu. Nous vous contactons.
status-service-confirmed = C’est fait.
status-service-closed = C’est terminé.
status-service-cancelled = C’est annulé.
status-service-say-yes = Oui, je l’ai reçu
status-service-say-no = Non
status-service-say-problem = Oui, mais il y a eu un problème
status-service-yes = Merci. Nous avons noté que vous l’avez reçu.
status-service-no = Nous avons noté que vous ne l’avez pas reçu. Quelqu’un du bureau s’en occupe.
status-service-problem = Merci de nous l’avoir dit. Vous pouvez en dire plus ci-dessous : c’est gratuit et sans effet sur votre demande.
