notices-title = Messages
notices-lead = Messages say that something happened and where to ask. Who has no number gets them on paper.
notices-no-gateway = No gateway for text messages is set up, or it was taken away. Messages wait an hour for one and then go on paper here.
notices-sent = { $sent ->
    [one] One message was sent in the last week; { $arrived } is known to have arrived.
   *[other] { $sent } messages were sent in the last week; { $arrived } are known to have arrived.
  }
notices-paper = To be printed
notices-print = { $count ->
    [one] Print the message
   *[other] Print all { $count }
  }
notices-printed = Printed, not yet with the person
notices-sheets-link = Show the printed sheets again
notices-sheets-title = Messages on paper
notices-sheets-lead = Print this page. Then say of each message whether it was handed over or posted.
notices-by-hand = A message could put somebody in danger: hand the next one over, do not post it.
notices-waiting = Waiting to be sent
notices-lost = Not sent, last month
notices-none = There are none.
notices-whose = Household
notices-nobody = No case
notices-what = Message
notices-state = State
notices-when = Written
notices-act = To do
notices-next = Next try { $at }, tried { $tries ->
    [one] once
   *[other] { $tries } times
  }
notices-which = Say which message this is about: press a button beside it.
notices-done-hand_over = The message was handed over
notices-done-post = The message was posted
notices-done-resend = The message is sent again
notices-act-hand_over = Handed over
notices-act-post = Posted
notices-act-resend = Send again
notices-filed-lead = What the household was told, the newest first.
notices-secret = The text of a code is not kept.
notices-kind-receipt = Request registered
notices-kind-needed = Something is needed
notices-kind-decision = A letter is ready
notices-kind-pending = The decision is late
notices-kind-offer = A place is offered
notices-kind-proposed = A change is intended
notices-kind-ends_soon = An award ends soon
notices-kind-ended = An award has ended
notices-kind-step_down = An award becomes less
notices-kind-review = A review is due
notices-kind-hearing = An appointment
notices-kind-complaint = News about a complaint
notices-kind-appeal = News about an appeal
notices-kind-referral = News about where somebody is sent
notices-kind-reminder = A reminder
notices-kind-change = Change of number or account asked for
notices-kind-code = A code
notices-kind-tries = Failed tries to look at the request
notices-kind-desk = Messages wait to be printed
notices-kind-status = Answer to a question
notices-state-queued = Waiting
notices-state-sending = Being sent
notices-state-sent = Sent
notices-state-delivered = Arrived
notices-state-failed = Tried
notices-state-given_up = Given up
notices-state-expired = Too late
notices-state-to_print = To be printed
notices-state-printed = Printed
notices-state-handed_over = Handed over
notices-state-posted = Posted
notices-way-sms = by text message
notices-way-email = by e-mail
notices-way-print = on paper
notices-trouble-unreachable = The gateway could not be reached.
notices-trouble-timeout = The gateway did not answer in time.
notices-trouble-refused = The gateway refused it: the number may be wrong.
notices-trouble-not_authorised = The gateway does not know us: its secret may be wrong.
notices-trouble-too_many = The gateway takes no more for now.
notices-trouble-gateway_fault = The gateway has a fault.
notices-trouble-unreadable = The number cannot be written to.
notices-trouble-no_phone = There is no number on file.
notices-trouble-no_words = The pack has no words for it.
notices-trouble-no_gateway = No gateway is set up.
notices-trouble-undelivered = The gateway says that it did not arrive.
notices-trouble-fault = A fault of ours; the log has it.
notices-trouble-other = It could not be sent.
