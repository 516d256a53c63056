# الصفحة الأولى وتسجيل الدخول والحساب
home-title = نافذة واحدة لكل البرامج
home-lead = تُسجَّل مرة واحدة وتُقيَّم مرة واحدة، ورسالة واحدة تجيب عن كل برامج كل الهيئات.
home-track-title = طلبك
home-track-text = اطّلع على ما حدث وما سيأتي ومتى. تحتاج إلى الرقم المرجعي على الإيصال وتاريخ ميلاد والرقم السري.
home-track-button = متابعة طلبك
home-staff-title = للموظفين
home-staff-link = تسجيل الدخول
home-greeting = أهلاً بك يا { $name }
home-no-desk = ليس لحسابك دور بعد. اسأل مدير النظام.
sign-in-title = تسجيل الدخول
sign-in-login = اسم المستخدم
sign-in-login-missing = أدخل اسم المستخدم
sign-in-password = كلمة المرور
sign-in-password-missing = أدخل كلمة المرور
sign-in-button = دخول
sign-in-refused = اسم المستخدم أو كلمة المرور غير صحيح
sign-in-slowed = جرت محاولات كثيرة بهذا الاسم. انتظر { $minutes ->
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $minutes } دقائق
   *[other] { $minutes } دقيقة
 } ثم حاول مرة أخرى.
sign-in-signed-out = تم تسجيل خروجك.
sign-in-ended = تم تسجيل خروجك من كل الأجهزة.
sign-in-forgotten = لا أستطيع الدخول
sign-in-forgotten-text = يستطيع مدير النظام في مكتبك أو هيئتك أن يعطيك كلمة مرور جديدة.
sign-in-demo-title = حسابات هذا العرض التجريبي
sign-in-demo-name = الاسم
sign-in-demo-role = الدور
sign-in-demo-password = كلمة المرور لها جميعًا هي
role-counter_officer = موظف النافذة
role-supervisor = مشرف
role-provider_officer = موظف جهة مقدِّمة للخدمة
role-policy_officer = مسؤول سياسات
role-tribunal_member = عضو لجنة التظلمات
role-ombudsman = ديوان المظالم
role-auditor = مدقق
role-administrator = مدير النظام
scope-office = مكتب
scope-agency = هيئة
scope-provider = جهة مقدِّمة للخدمة
scope-national = البلد كله
own-title = حسابك
own-name = الاسم
own-password-title = تغيير كلمة المرور
own-password-changed = تم تغيير كلمة المرور. تم تسجيل خروجك من كل الأجهزة الأخرى.
own-password-old = كلمة المرور الحالية
own-password-old-missing = أدخل كلمة المرور الحالية
own-password-old-wrong = هذه ليست كلمة مرورك
own-password-new = كلمة المرور الجديدة
own-password-new-missing = أدخل كلمة مرور جديدة
own-password-again = كلمة المرور الجديدة مرة أخرى
own-password-again-differs = كلمتا المرور الجديدتان مختلفتان
own-password-button = تغيير كلمة المرور
own-everywhere-title = تسجيل الخروج من كل الأجهزة
own-everywhere-text = ينهي جلساتك على كل الأجهزة، ومنها هذا الجهاز. افعل ذلك إذا ضاع جهاز أو تركته مفتوحًا.
own-everywhere-button = تسجيل الخروج من كل الأجهزة
password-hint = 15 حرفًا على الأقل. أربع كلمات لا صلة بينها يسهل تذكرها.
password-short = يجب أن تتكون كلمة المرور من 15 حرفًا أو أكثر
password-long = كلمة المرور طويلة جدًا
password-common = كلمة المرور هذه موجودة في قوائم كلمات المرور المسروقة. اختر غيرها.
password-weak = كلمة المرور هذه سهلة التخمين. أضف كلمة لا صلة لها بك.
home-complain-title = هل جرى شيء على نحو خاطئ؟
home-complain-text = قدّم شكوى أو اسأل، باسمك أو من دونه. مجانًا.
home-complain-link = قدّم شكوى أو تابع شكوى
