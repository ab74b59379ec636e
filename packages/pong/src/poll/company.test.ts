import { expect, test } from 'vitest';
import { Company } from './company.js';

test('one that is refused waits for those that are being made, and is counted no more', async () => {
  const company = new Company();
  const [first, refused] = [company.begins(), company.begins()];
  refused.left();
  const others = company.taken();
  first.taken();
  expect(await others).toBe(1);
  first.left();
  expect(await company.taken()).toBe(0);
});

test('where all are refused, none is taken', async () => {
  const company = new Company();
  const members = [company.begins(), company.begins(), company.begins()];
  const counts = members.map((member) => {
    member.left();
    return company.taken();
  });
  expect(await Promise.all(counts)).toEqual([0, 0, 0]);
});
