# Looking for a service
services-title = Find a service
services-lead = Services near you, what they cost and what to bring. You need not sign in, and nobody is told what you look for.
services-need = What do you need?
services-need-hint = In your own words, for example: work, doctor, lawyer, school
services-area = Where do you live?
services-anywhere = Anywhere
services-kind = Kind of service
services-any = All
services-km = How far at most
services-far = Any distance
services-language = Language spoken there
services-access = Can be used by
services-only = Opening
services-open-now = Open now
services-only-room = Places
services-with-places = With a free place
services-more = More choices
services-search = Search
services-found = { $count ->
    [0] Nothing found
    [one] { $count } place
   *[other] { $count } places
}
services-none = No place suits all that you chose. Choose less, or ask at an office.
services-all = Show all services
services-straight = Distances are in a straight line; the way is longer.
services-refer = Refer here
service-kind-skills_assessment = Skills assessment
service-kind-training = Training
service-kind-public_works = Public works
service-kind-job_placement = Finding a job
service-kind-business_start_up = Starting a business
service-kind-health = Health
service-kind-education = School and education
service-kind-housing = Housing
service-kind-legal = Papers and rights
service-kind-protection = Protection and family
service-kind-care = Care at home
service-kind-nutrition = Food
service-kind-other = Other

# A place
place-km = about { $km } km
place-here = near you
place-open-now = Open now
place-shut-now = Closed now
place-closed-until = Closed until { $date }
place-full = No place free now
place-free = { $count ->
    [one] { $count } place free
   *[other] { $count } places free
}
place-where = Where
place-far = How far
place-open = Opening hours
place-phone = Telephone
place-provider = Place
place-who = For whom
place-cost = Cost
place-bring = Bring
place-languages = Languages
place-accessible = Who can use it
place-access-none = Nothing is known of a way in without steps or of other help. Call before you go.
place-access-wheelchair = Way in without steps, for wheelchairs
place-access-sign_language = Sign language
place-access-read_aloud = Somebody reads and writes for you
place-access-home_visit = Comes to your home
place-access-women_staff = Women are received by women
place-places = Places
place-capacity = { $count } at a time, { $free } free now
place-capacity-month = { $count } a month, { $free } left this month
place-capacity-year = { $count } a year, { $free } left this year
place-verified = Last checked on { $date } by { $by }.
place-never-verified = Nobody has checked this entry yet. Call before you go.
place-stale = That is long ago: call before you go.
place-keeper-pack = those who keep the directory
place-keeper-provider = the place itself
place-keeper-office = an office
place-wrong = Is something here wrong? Tell us
place-keep = Change or confirm this entry
place-kept = The entry is saved.
place-day-mon = Monday
place-day-tue = Tuesday
place-day-wed = Wednesday
place-day-thu = Thursday
place-day-fri = Friday
place-day-sat = Saturday
place-day-sun = Sunday
place-days = { $from } to { $until }
place-hours-line = { $days }: { $hours }

# The applicant's page
status-services = Where you are sent
status-services-all = All services near you
status-service-draft = We ask you first whether the place may be told your name. Come to the counter.
status-service-requested = The place was asked. You hear from them or from us.
status-service-accepted = They expect you and contact you.
status-service-rejected = The place cannot take you. We look for another one.
status-service-in_progress = It has begun.
status-service-on_hold = It stands still for now.
status-service-completed = They say that it is done. Did you get it?
status-service-failed = It did not come about. We contact you.
status-service-confirmed = It is done.
status-service-closed = It has ended.
status-service-cancelled = It was called off.
status-service-say-yes = Yes, I got it
status-service-say-no = No
status-service-say-problem = Yes, but something was wrong
status-service-yes = Thank you. We have noted that you got it.
status-service-no = We have noted that you did not get it. Somebody at the office looks into it.
status-service-problem = Thank you for telling us. You can say more below: it is free, and your request does not suffer.
