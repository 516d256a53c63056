# Les pages qui disent pourquoi quelque chose n’a pas marché.
error-not-found-title = Page introuvable
error-not-found-text = Si vous avez saisi l’adresse, vérifiez-la. Si vous avez suivi un lien, ce qu’il montrait a peut-être changé de place, ou ce n’est pas vous qui le traitez.
error-forbidden-title = Vous ne pouvez pas faire cela
error-forbidden-text = Votre rôle ou votre bureau ne le permet pas. Si votre travail le demande, adressez-vous à votre superviseur ou à un administrateur.
error-conflict-title = Ce n’est pas possible maintenant
error-conflict-text = Une chose dont cela dépend n’est plus comme avant. Revenez en arrière, regardez-la de nouveau et décidez.
error-stale-title = Quelqu’un d’autre l’a modifié entre-temps
error-stale-text = Rien n’a été écrasé. Revenez en arrière, rechargez la page et saisissez de nouveau votre changement.
error-invalid-title = Cela n’a pas pu être accepté
error-invalid-text = Une partie de ce qui a été envoyé manque ou n’est pas possible. Revenez en arrière et vérifiez.
error-unavailable-title = Le service est occupé
error-unavailable-text = Rien n’est perdu. Réessayez dans une minute.
error-internal-title = Quelque chose n’a pas marché
error-internal-text = Ce n’est pas votre faute, et nous en sommes avertis. Réessayez ; si cela se répète, donnez ce numéro à l’assistance :
error-home = Aller à la première page
