# Pages that say why something did not work.
error-not-found-title = Page not found
error-not-found-text = If you typed the address, check it. If you followed a link, what it led to may have moved, or you may not be the one who handles it.
error-forbidden-title = You cannot do this
error-forbidden-text = Your role or your office does not allow it. If you need it for your work, ask your supervisor or an administrator.
error-conflict-title = This cannot be done now
error-conflict-text = Something it depends on is not as it was. Go back, look at it again, and decide anew.
error-stale-title = Someone else changed this in the meantime
error-stale-text = Nothing of yours was saved over it. Go back, reload the page, and enter your change again.
error-invalid-title = This could not be accepted
error-invalid-text = Something in what was sent is missing or not possible. Go back and check it.
error-unavailable-title = The service is busy
error-unavailable-text = Nothing was lost. Try again in a minute.
error-internal-title = Something went wrong
error-internal-text = It is not your fault, and we have been told. Try again; if it happens again, give this number to the help desk:
error-home = Go to the first page
