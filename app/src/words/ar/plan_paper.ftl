# The plan for work on paper, as the person signs it.

paper-plan-title = خطتي للعمل
paper-plan-goal = ما أريد أن أصل إليه
paper-plan-mine = ما أقوم به أنا
paper-plan-theirs = ما يقوم به المكتب والآخرون
paper-plan-tell = أخبر المكتب إذا منعني شيء.
paper-plan-fair = يسألني المكتب عن السبب قبل أن يقول إنني تخلفت عن شيء.
paper-plan-next = متى ننظر فيها من جديد
paper-plan-review = ننظر معاً في هذه الخطة يوم { $date }.
paper-plan-review-in = ننظر معاً في هذه الخطة بعد { $days } يوماً من بدايتها.
paper-plan-days = من { $from } إلى { $until }
paper-plan-object = إذا لم أوافق
paper-plan-object-how = لا أحد مجبر على التوقيع. يمكنني أن أطلب خطة أخرى أو أشتكي أو أعترض في المكتب أو بالهاتف أو في صفحتي. هذا مجاني وهناك من يساعدني.
paper-plan-benefits = هذه الخطة لا تنهي أي إعانة. إذا غيّر العمل دخلنا يسأل المكتب ويقرر وتصلني رسالة.
paper-plan-sign-person = التوقيع:
paper-plan-sign-office = عن المكتب:
paper-plan-sign-date = التاريخ:
