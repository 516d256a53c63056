# The plan for work on paper, as the person signs it.

paper-plan-title = My plan for work
paper-plan-goal = What I want to reach
paper-plan-mine = What I do
paper-plan-theirs = What the office and others do
paper-plan-tell = I tell the office when something comes in the way.
paper-plan-fair = The office asks for my reason before it says that I missed something.
paper-plan-next = When we look at it again
paper-plan-review = We look at this plan together on { $date }.
paper-plan-review-in = We look at this plan together { $days } days after it begins.
paper-plan-days = from { $from } to { $until }
paper-plan-object = If I do not agree
paper-plan-object-how = Nobody has to sign. I can ask for another plan, complain or appeal at the office, by telephone or on my own page. It is free, and somebody helps me.
paper-plan-benefits = This plan ends no benefit. If work changes what we have, the office asks and decides, and I get a letter.
paper-plan-sign-person = Signature:
paper-plan-sign-office = For the office:
paper-plan-sign-date = Date:
