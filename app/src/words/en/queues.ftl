# Lists of tasks: filters, views that people save, tasks that wait until a day, and many given at once.
tasks-view-hold = On hold
tasks-none-hold = Nothing of yours is on hold.
tasks-tab = { $name } ({ $number })
tasks-more-than = more than { $number }
tasks-found = Tasks found: { $number }
tasks-filters = Filter and order
tasks-order = Order
tasks-order-pressing = Urgent first
tasks-order-due = Due first
tasks-order-oldest = Oldest first
tasks-order-newest = Newest first
tasks-by-due-instead = What is narrowed by due date or priority is listed by due date, not by age.
tasks-standing-active = All but on hold
tasks-standing-nobody = Nobody yet
tasks-standing-on_hold = On hold
task-priority = Priority
task-priority-normal = Ordinary
task-woken = Back from hold
task-until = Look again on
task-until-hint = The task is back in your list on this day
task-until-wrong = Enter a day from tomorrow on, at most { $most } days ahead
task-hold-missing = Choose what it waits for
task-hold-words = In your own words
task-hold-person = The person needs time
task-hold-paper = A paper or an answer is to come
task-hold-elsewhere = Another office, agency or provider
task-hold-day = A day on which something happens
task-hold-other = Something else
task-parent = Waits for this task
task-children = What this task waits for
clock-kind-wake_task = A task on hold is looked at again
views-title = Saved views
views-lead = A saved view is a list with its filters and order. It holds no case.
views-keep = Save this list as a view, or change your views
view-of-office = Shared
view-default = Opens first
view-name = Name of the view
view-name-hint = For example: late visits of my office
view-name-wrong = Enter a name of at most { $most } letters
view-name-taken = You have a view of this name
view-too-many = You have as many views as can be kept. Delete one first.
view-choose = Choose what to do with the view
view-save = Save the list as a view
view-change = Change
view-rename = Rename
view-delete = Delete
view-share = Share
view-with = Share with
view-with-nobody = Nobody
view-act-open_with = Open the tasks with this view
view-act-open_plain = Open the tasks without a view
view-done-save = The view is saved.
view-done-rename = The view has its new name.
view-done-delete = The view is deleted.
view-done-open_with = Your tasks open with this view now.
view-done-open_plain = Your tasks open without a view now.
view-done-share = The view is shared as you said.
give-choose = Give
give-this = Choose “{ $task }”
give-begin = Give the chosen tasks to somebody
give-title = Give tasks
give-these = Tasks to give
give-none = No task was chosen. Go back and tick those that you want to give.
give-nobody = Nobody in your offices may have any of these tasks.
give-to-hint = Several people share the tasks: who has least to do gets the next
give-load = { $number ->
    [one] One task now
   *[other] { $number } tasks now
}
give-look = See who gets what
give-count = { $number ->
    [one] one task
   *[other] { $number } tasks
}
give-do = { $number ->
    [one] Give this task
   *[other] Give these { $number } tasks
}
give-others = Choose other people
give-done = { $number ->
    [one] One task is given.
   *[other] { $number } tasks are given.
}
give-partly = { $number ->
    [0] No task was given. See why below.
    [one] One task was given, the others not. See why below.
   *[other] { $number } tasks were given, the others not. See why below.
}
give-left = Not given
give-back = Back to the list
give-why-ended = It is done or dropped
give-why-moved = It changed meanwhile
give-why-not_yours = It lies where you assign no work
give-why-unable = Nobody of those chosen may do it
give-why-took_part = Those chosen took part in what it is about
give-why-same = They have it already
proposal-since = Waits
proposal-days = { $days ->
    [0] since today
    [one] one day
   *[other] { $days } days
}
proposal-code = If you send it back: why?
proposal-code-none = I do not send it back
proposal-code-missing = Choose why you send it back
proposal-returned-for = Sent back for
proposal-nothing-before = Nothing was decided before
proposal-kind-second_signature = Sign a decision of the rules
proposal-answer-sign = Sign: the decision is issued at once and a new letter is written
proposal-done-signed = The decision is signed and issued. The household has a new letter.
proposal-done-explained = The decision is with the supervisor again.
signature-why-amount = It gives more than the limit above which a second person signs.
signature-why-sample = It was drawn by chance, as some decisions of every office are. Nobody can know before which.
signature-return-answers = An answer is wrong or was not asked
signature-return-papers = A paper is missing or says something else
signature-return-household = Not this person, or not the whole household
signature-return-reason = The reason does not bear the change
signature-return-other = Something else
signature-explain = What you say to it
signature-explain-hint = If an answer is wrong, assess the household again instead
signature-send = Send it to the supervisor again
signature-anew = Open the file to assess the household again
