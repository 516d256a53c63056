// How a journey acts on a page: with the mouse, with the keyboard alone, or swiftly where what is filled in is not what
// the journey is about. What is filled in is told once, in family.ts and assessment.ts, for all.
import { type Locator, type Page } from "@playwright/test";
import { expect } from "./journey.ts";

/** One control of a page, and what is done to it. */
export type Act = { at: string; how: "check" | "select" | "type"; value: string };

export interface Hand {
  /** At the beginning of each page. */
  arrive(): Promise<void>;
  type(field: Locator, text: string): Promise<void>;
  /** A radio or a checkbox. */
  check(choice: Locator): Promise<void>;
  /** The entry with this value, or the first that is no prompt. */
  select(list: Locator, value?: string): Promise<void>;
  press(button: Locator): Promise<void>;
  /** Answers all that shows before it looks at what came to show by that. */
  atOnce?: boolean;
}

export const mouse: Hand = {
  arrive: async () => {},
  type: (field, text) => field.fill(text),
  check: (choice) => choice.check(),
  select: async (list, value) => void (await list.selectOption(value ?? { index: 1 })),
  press: (button) => button.click(),
};

/** In the page: sets a control as a person leaves it, and tells the page. */
function set(control: Element, { how, value }: Pick<Act, "how" | "value">) {
  const input = control as HTMLInputElement;
  if (how === "check") {
    if (!input.checked) input.click();
    return;
  }
  input.value = value;
  for (const event of ["input", "change"]) input.dispatchEvent(new Event(event, { bubbles: true }));
}

/** Sets what a form holds without waiting for the pointer to get there; presses buttons like everybody. */
export const swift: Hand = {
  arrive: async () => {},
  type: (field, value) => field.evaluate(set, { how: "type" as const, value }),
  check: (choice) => choice.evaluate(set, { how: "check" as const, value: "" }),
  select: async (list, value) => void (await list.selectOption(value ?? { index: 1 })),
  press: (button) => button.click(),
  atOnce: true,
};

const FAR = 150;

/** Goes by Tab, chooses by arrows and Space, sends by Enter; counts what is pressed and what has to be looked at. */
export class Keyboard implements Hand {
  keys = 0;
  looks = 0;
  pages = 0;

  constructor(private page: Page) {}

  private async key(key: string) {
    this.keys++;
    await this.page.keyboard.press(key);
  }

  private async goTo(target: Locator) {
    this.looks++;
    const element = (await target.elementHandle())!;
    for (let steps = 0; !(await element.evaluate((wanted) => document.activeElement === wanted)); steps++) {
      expect(steps, `Tab does not reach ${target}`).toBeLessThan(FAR);
      await this.key("Tab");
    }
  }

  /** Where a page sets no focus, its first Tab is at the link that leads to what it is about. */
  async arrive() {
    this.pages++;
    await this.page.waitForLoadState();
    // A page of questions begins at its first question.
    const first = this.page.locator("[autofocus]");
    if (await first.count()) return expect(first).toBeFocused();
    await this.key("Tab");
    await expect(this.page.locator(".govuk-skip-link")).toBeFocused();
    await this.key("Enter");
    await expect(this.page).toHaveURL(/#main-content$/);
  }

  async type(field: Locator, text: string) {
    await this.goTo(field);
    this.keys += text.length;
    await this.page.keyboard.type(text);
    await expect(field).toHaveValue(text);
  }

  async check(choice: Locator) {
    this.looks++;
    const element = (await choice.elementHandle())!;
    const place = () =>
      element.evaluate((wanted) => {
        const [one, now] = [wanted as HTMLInputElement, document.activeElement as HTMLInputElement];
        return now === one ? "there" : one.type === "radio" && now.type === "radio" && now.name === one.name ? "beside" : "away";
      });
    for (let steps = 0; (await place()) !== "there"; steps++) {
      expect(steps, `the keyboard does not reach ${choice}`).toBeLessThan(FAR);
      await this.key((await place()) === "beside" ? "ArrowDown" : "Tab");
    }
    if (!(await choice.isChecked())) await this.key("Space");
    await expect(choice).toBeChecked();
  }

  async select(list: Locator, value?: string) {
    await this.goTo(list);
    const steps = await list.evaluate((element, value) => {
      const select = element as HTMLSelectElement;
      const to = value === undefined ? 1 : [...select.options].findIndex((option) => option.value === value);
      return to - select.selectedIndex;
    }, value);
    for (let step = 0; step < Math.abs(steps); step++) await this.key(steps > 0 ? "ArrowDown" : "ArrowUp");
    if (value !== undefined) await expect(list).toHaveValue(value);
  }

  async press(button: Locator) {
    await this.goTo(button);
    // A key, unlike a click, does not wait for where it leads: the next one would meet the page that is being left.
    const left = this.page.waitForEvent("framenavigated", (frame) => frame === this.page.mainFrame());
    await this.key("Enter");
    await left;
  }

  /**
   * Seconds that a practised person takes, by the keystroke-level model (Card, Moran and Newell, 1980): 0.28 s for a
   * key of an average typist, 1.35 s to make up one's mind at each thing looked at; and the time to hear the answer.
   */
  seconds(hearing: number): number {
    return this.keys * 0.28 + this.looks * (1.35 + hearing);
  }
}
